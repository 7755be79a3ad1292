// Placeholder of the page "me" until its elements exist.
export {};
