/** Where the scripts of our worker threads are. */
export const pieceThread = new URL('piece-thread.js', import.meta.url);
