// Placeholder of the page "memo" until its elements exist.
export {};
