/** What is wrong with a tape, or with what came of it, and in which line. */
export class TapeError extends Error {
	/**
	@param {number} line From 1 on; 0 for the tape as a whole.
	@param {string} message
	@param {string} [name] Of the tape.
	*/
	constructor(line, message, name = 'demo.tape') {
		super(line === 0 ? `${name}: ${message}` : `${name}:${line}: ${message}`);
		this.name = 'TapeError';
		this.line = line;
	}
}
