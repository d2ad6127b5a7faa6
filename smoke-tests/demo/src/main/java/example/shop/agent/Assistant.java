package example.shop.agent;

import dev.langchain4j.service.SystemMessage;

/** What a customer talks to; LangChain4j makes it. */
interface Assistant {
    @SystemMessage("You work for a shop. Use the tools, then tell the customer what came of it.")
    String chat(String message);
}
