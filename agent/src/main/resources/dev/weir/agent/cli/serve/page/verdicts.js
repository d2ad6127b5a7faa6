// What rules said about a call, in words that keep "would have" and "did" apart.

const OUTCOMES = {
  deny: { tone: 'did', words: 'refused', all: 'did refuse' },
  'would-deny': { tone: 'would', words: 'would have refused', all: 'would have refused' },
  limit: { tone: 'quiet', words: 'shortened the timeout', all: 'did shorten the timeout of' },
  'would-limit': { tone: 'would', words: 'would have ended it', all: 'would have ended' },
  delay: { tone: 'did', words: 'made it wait', all: 'did make wait' },
  'would-delay': { tone: 'would', words: 'would have made it wait', all: 'would have made wait' },
  mark: { tone: 'quiet', words: 'set a header', all: 'did set a header on' },
  'would-mark': { tone: 'would', words: 'would have replaced a header', all: 'would have replaced a header on' },
  flag: { tone: 'would', words: 'noticed', all: 'noticed' },
  'not-enforced': { tone: 'unable', words: 'could not act', all: 'could not act on' },
};

const PREFIX = 'weir.verdict.';
const REASON = '.reason';

/** `tone`: did (it happened), would (enforce would have), unable, or quiet (nothing that a person must know). */
export function verdicts(attributes) {
  const found = [];
  for (const name in attributes) {
    if (!name.startsWith(PREFIX) || name.endsWith(REASON) || name.length === PREFIX.length) continue;
    const outcome = String(attributes[name]);
    const reason = attributes[name + REASON];
    found.push({ rule: name.slice(PREFIX.length), outcome, reason: reason ?? '', ...meaning(outcome) });
  }
  return found;
}

export function meaning(outcome) {
  return Object.hasOwn(OUTCOMES, outcome)
    ? OUTCOMES[outcome]
    : { tone: outcome.startsWith('would-') ? 'would' : 'did', words: outcome, all: outcome };
}

export function isNotable(verdict) {
  return verdict.tone !== 'quiet';
}
