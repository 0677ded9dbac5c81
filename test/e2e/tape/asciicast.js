/**
A recording of a terminal as asciinema has it (asciicast v2: a header, then a line for each output, with its time in seconds). What is
written while it is hidden comes all at once when it is shown again, and takes no time.

@param {object} options
@param {number} options.columns
@param {number} options.rows
@param {string} options.title
@param {() => number} options.nowMs By a clock that only goes forward.
*/
export function createCast({columns, rows, title, nowMs}) {
	const header = {version: 2, width: columns, height: rows, title, env: {SHELL: 'bash', TERM: 'xterm-256color'}};
	const lines = [JSON.stringify(header)];
	let hidden = '';
	let startMs = nowMs();
	let hiddenSinceMs = startMs;
	return {
		/**
		@param {string} data
		@param {boolean} isHidden
		*/
		add(data, isHidden) {
			if (isHidden) {
				hiddenSinceMs = hidden === '' ? nowMs() : hiddenSinceMs;
				hidden += data;
				return;
			}

			if (hidden !== '') {
				startMs += nowMs() - hiddenSinceMs;
			}

			const seconds = Math.round(nowMs() - startMs) / 1000;
			lines.push(JSON.stringify([seconds, 'o', hidden + data]));
			hidden = '';
		},
		/** The whole file. */
		text: () => `${lines.join('\n')}\n`,
	};
}
