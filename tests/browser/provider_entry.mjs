// The real provider and Yjs for a page of the tests, bundled by test_provider_in_chromium.py.
export { HocuspocusProvider, HocuspocusProviderWebsocket } from "@hocuspocus/provider";
export * as Y from "yjs";
