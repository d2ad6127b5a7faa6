package dev.weir.page;

/** What a person who hears the page, or sees badly, would stumble over. Scripts that list it. */
final class Accessibility {
    /** Controls without a name, and rows outside a grid. */
    static final String UNNAMED = """
            const named = e => (e.getAttribute('aria-label') || e.innerText || e.title || e.labels?.[0]?.innerText || '').trim();
            const bad = [...document.querySelectorAll('button, a, input, select, [role=grid], [role=treegrid], [role=dialog], svg')]
              .filter(e => e.offsetParent !== null || e instanceof SVGElement).filter(e => !named(e)).map(e => e.outerHTML.slice(0, 120));
            const lost = [...document.querySelectorAll('[role=row]')].filter(e => !e.closest('[role=grid], [role=treegrid]'));
            return [...bad, ...lost.map(e => e.outerHTML.slice(0, 120))];
            """;

    /** Text whose contrast with its ground is below 4.5 (WCAG AA), with the contrast. */
    static final String FAINT = """
            const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
            const rgba = colour => { context.clearRect(0, 0, 1, 1); context.fillStyle = colour; context.fillRect(0, 0, 1, 1);
              const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255]; };
            const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
            const ground = e => { const layers = []; let opacity = 1;
              for (let each = e; each; each = each.parentElement) { const c = rgba(getComputedStyle(each).backgroundColor);
                layers.push(c); if (c[3] === 1) break; }
              return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]); };
            const light = c => { const [r, g, b] = c.slice(0, 3).map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
              return .2126 * r + .7152 * g + .0722 * b; };
            const faint = new Set();
            for (const e of document.querySelectorAll('#app *')) {
              if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || e.offsetParent === null || e.disabled) continue;
              const under = ground(e); let opacity = 1;
              for (let each = e; each; each = each.parentElement) opacity *= Number(getComputedStyle(each).opacity);
              const text = rgba(getComputedStyle(e).color); text[3] *= opacity;
              const [a, b] = [light(over(text, under)), light(under)];
              const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
              if (contrast < 4.5) faint.add(`${e.className} '${e.textContent.trim().slice(0, 30)}' ${contrast.toFixed(2)}`);
            }
            return [...faint];
            """;

    private Accessibility() {}
}
