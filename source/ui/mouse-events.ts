/** What a mouse did, and where: columns and rows of the terminal, from 1 on. */
export type MouseEvent = {
	kind: 'press' | 'wheel-up' | 'wheel-down';
	column: number;
	row: number;
};

/** `CSI < button ; column ; row M`, with `m` for a release (xterm, mode 1006). Ink has cut off the ESC of the first. */
const report = /\u001B?\[<(\d+);(\d+);(\d+)([Mm])/g; // eslint-disable-line no-control-regex
const onlyReports = /^(?:\u001B?\[<\d+;\d+;\d+[Mm])+$/; // eslint-disable-line no-control-regex

/** Shift, Alt and Ctrl are added to the button; so is 32 where the mouse was moved, which we do not ask for. */
const modifiers = 4 | 8 | 16;

const kinds = new Map<number, MouseEvent['kind']>([
	[0, 'press'],
	[64, 'wheel-up'],
	[65, 'wheel-down'],
]);

/**
The mouse events in what came from the terminal, in their order: presses of the left button and turns of the wheel. Other buttons and
releases are no events.

@returns undefined when it is something else than reports of a mouse.
*/
export function mouseEvents(input: string): MouseEvent[] | undefined {
	if (!onlyReports.test(input)) {
		return undefined;
	}

	return [...input.matchAll(report)].flatMap(([, button, column, row, end]) => {
		const kind = kinds.get(Number(button) & ~modifiers);
		return kind && end === 'M' ? [{kind, column: Number(column), row: Number(row)}] : [];
	});
}
