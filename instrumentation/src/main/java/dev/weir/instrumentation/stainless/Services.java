package dev.weir.instrumentation.stainless;

import dev.weir.instrumentation.weaving.Weaving;

/** Where the services of an SDK that Stainless generates are woven: by the same names in each. */
final class Services {

    private Services() {}

    /**
     * Blocking, asynchronous and streamed.
     *
     * @param sdk the package that all of the SDK is in
     * @param service below the packages of all services, without what tells its kinds apart
     */
    static void weave(Weaving weaving, String sdk, String service, String params) {
        String options = sdk + ".core.RequestOptions";
        weaving.type(sdk + ".services.blocking." + service + "Impl")
                .exactly("create", "Create", params, options)
                .exactly("createStreaming", "Streamed", params, options);
        weaving.type(sdk + ".services.async." + service + "AsyncImpl")
                .exactly("create", "CreateAsync", params, options)
                .exactly("createStreaming", "Streamed", params, options);
    }
}
