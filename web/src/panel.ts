// Placeholder of the page "panel" until its elements exist.
export {};
