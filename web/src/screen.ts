// Placeholder of the page "screen" until its elements exist.
export {};
