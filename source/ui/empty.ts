import {ncLine} from '../state/echo.js';
import type {PaneSize} from '../state/layout.js';
import type {PaneName, State} from '../state/state.js';
import {count} from './format.js';
import {fit, widthOf, wrapped} from './text.js';
import type {Segment} from './theme.js';

/** What a pane says while it has nothing to list. */
type Empty = {
	says: string;
	/** The same where there is little room. */
	brief?: string;
	/** Something to be typed or opened, which is of use as a whole only. */
	line?: string | undefined;
	/** What else helps; it goes first where there is little room. */
	hint?: string;
};

/** Why nothing is known of others; undefined while the tracker is there. */
function trackerTrouble({tracker}: State): Empty | undefined {
	if (tracker?.state === 'connected') {
		return undefined;
	}

	return tracker?.lostReason === undefined
		? {says: `Connecting to the tracker${tracker ? ` ${tracker.address}` : ''}.`, hint: 'What others share shows here.'}
		: {says: `${tracker.lostReason}.`, hint: 'It is tried again by itself; what others share comes back with it.'};
}

const makers: Record<PaneName, (state: State) => Empty> = {
	peers(state) {
		const {joinLine} = state;
		return (
			trackerTrouble(state) ??
			(joinLine === undefined
				? {says: 'Nobody else is here yet.', hint: 'Others that join the same tracker show here.'}
				: {
						says: 'Nobody else is here yet. On another machine:',
						brief: 'On another machine:',
						line: joinLine,
						hint: 'y copies this line.',
					})
		);
	},
	local: ({self}) =>
		self
			? {
					says: 'Nothing is shared yet. Put files into',
					line: self.dir,
					hint: 'They show here, and others can fetch them.',
				}
			: {says: 'Opening the shared folder.'},
	remote(state) {
		const others = state.peers.size;
		return (
			trackerTrouble(state) ?? {
				says: 'Nobody shares a file yet.',
				hint: others === 0 ? 'Nobody else is here.' : `${count(others, 'other')} here, with nothing to share.`,
			}
		);
	},
	transfers: () => ({
		says: 'No transfers yet. Choose a remote file (3) and press Enter.',
		hint: 'Space marks several; S fetches all that is missing.',
	}),
	wire({echo, replay, wireView}) {
		if (wireView.held) {
			return {says: 'Paused. What is held shows here when p goes on.'};
		}

		if (echo?.clients === 0) {
			return {says: 'Nobody is connected. In another terminal:', line: ncLine(echo)};
		}

		return replay
			? {says: 'No message has gone over the wire yet in this recording.'}
			: {says: 'Listening. Every message that this peer sends or gets from now on shows here.'};
	},
	log: () => ({says: 'Nothing has happened yet.', hint: 'What is told above the keys stays here to be read again.'}),
};

/** Columns of a filter that are quoted. */
const maxFilterWidth = 24;

const unmatched = (filter: string): Empty => ({
	says: `Nothing here matches /${fit(filter, Math.min(maxFilterWidth, widthOf(filter)))}/`,
	hint: 'esc takes the filter away.',
});

/** What a pane without rows says, in at most so many columns and rows. The line is never cut. */
export function emptyRows(state: State, pane: PaneName, {width, height}: PaneSize): Segment[][] {
	const {filter} = state.panes[pane];
	const {says, brief = says, line = '', hint = ''} = filter === '' ? makers[pane](state) : unmatched(filter);
	const lineRows = wrapped(line, width, height);
	const room = height - lineRows.length;
	const isLong = wrapped(says, width, height).length > room;
	const saysRows = wrapped(isLong ? brief : says, width, room);
	const hintRows = wrapped(hint, width, height);
	const free = room - saysRows.length;
	return [
		...saysRows.map(text => [{text, isDim: true}]),
		...lineRows.map(text => [{text, isBold: true}]),
		...(hintRows.length <= free ? hintRows.map(text => [{text, isDim: true}]) : []),
	];
}
