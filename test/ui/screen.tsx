import {render} from 'ink-testing-library';
import {onTestFinished, vi} from 'vitest';
import type {PeerEvent} from '../../source/peer/events.js';
import {createStore} from '../../source/state/store.js';
import {App} from '../../source/ui/app.js';
import {until} from '../wait.js';
import {nowMs} from '../state/rows.js';

/** The app on a pretended terminal, fed with facts and keys. */
export function openScreen(events: PeerEvent[] = [], {columns = 120, rows = 30} = {}) {
	const store = createStore();
	for (const event of events) {
		store.hear(event, nowMs);
	}

	const actions = {
		request: vi.fn(),
		pause: vi.fn(),
		resume: vi.fn(),
		cancel: vi.fn(),
		retry: vi.fn(),
		move: vi.fn(),
		clearFinished: vi.fn(),
		setSync: vi.fn(),
		watchWire: vi.fn(),
	};
	const lab = {cycleDelay: vi.fn(), toggleTracker: vi.fn(), toggleCut: vi.fn(), toggleSlow: vi.fn()};
	const quit = vi.fn();
	const copy = vi.fn();
	const suspend = vi.fn();
	const app = render(<App store={store} actions={actions} lab={lab} onQuit={quit} onCopy={copy} onSuspend={suspend} />);
	const resize = (newColumns: number, newRows: number) => {
		// The library's terminal has 100 columns, and Ink lays out by them.
		Object.defineProperty(app.stdout, 'columns', {value: newColumns, configurable: true});
		store.dispatch({type: 'resized', columns: newColumns, rows: newRows});
		app.stdout.emit('resize');
	};

	resize(columns, rows);
	onTestFinished(() => {
		app.unmount();
		store.close();
	});
	const frame = () => app.lastFrame() ?? '';
	return {
		store,
		actions,
		lab,
		quit,
		copy,
		suspend,
		resize,
		frame,
		lines: () => frame().split('\n'),
		press(keys: string) {
			app.stdin.write(keys);
		},
		tell(event: PeerEvent) {
			store.hear(event, nowMs);
		},
		async sees(text: string | RegExp) {
			const isThere = () => (typeof text === 'string' ? frame().includes(text) : text.test(frame()));
			await until(`${String(text)} on\n${frame()}`, isThere, 3000);
		},
	};
}
