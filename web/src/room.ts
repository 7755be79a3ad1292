// Placeholder of the page "room" until its elements exist.
export {};
