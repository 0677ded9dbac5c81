import {useEffect} from 'react';
import {useStdout} from 'ink';
import type {Store} from '../../state/store.js';

const usual = {columns: 80, rows: 24};

/** Keeps the terminal's size in the store. */
export function useSize(store: Store): void {
	const {stdout} = useStdout();
	useEffect(() => {
		const measure = () => {
			// A terminal that does not tell has the usual size.
			const {columns = usual.columns, rows = usual.rows} = stdout as Partial<typeof stdout>;
			store.dispatch({
				type: 'resized',
				columns: columns || usual.columns,
				rows: rows || usual.rows,
			});
		};

		measure();
		stdout.on('resize', measure);
		return () => {
			stdout.off('resize', measure);
		};
	}, [stdout, store]);
}
