// Placeholder of the page "front" until its elements exist.
export {};
