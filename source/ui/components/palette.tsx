import {bodyRows} from '../../state/layout.js';
import type {State} from '../../state/state.js';
import {Pane} from './pane.js';

/** Every command by its name. */
export function Palette({state}: {readonly state: State}) {
	const {columns, rows} = state.size;
	return (
		<Pane isFocused title={`: ${state.palette.text}▏`} size={{width: columns, height: bodyRows(rows)}}>
			{null}
		</Pane>
	);
}
