/** Where the scripts of our worker threads are: beside this one. */
export const hashThread = new URL('hash-thread.js', import.meta.url);
export const pieceThread = new URL('piece-thread.js', import.meta.url);
