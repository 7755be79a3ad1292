// Placeholder of the page "join" until its elements exist.
export {};
