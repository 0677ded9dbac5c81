import {useMemo} from 'react';
import {Box, Text} from 'ink';
import type {PeerActions} from '../peer/events.js';
import type {LabActions} from '../state/lab.js';
import {bodyRows, frameRows, layoutOf, smallest, type Layout, type PaneSize, type Part} from '../state/layout.js';
import type {PaneName, State} from '../state/state.js';
import type {Store} from '../state/store.js';
import {Footer, NoticeLine} from './components/footer.js';
import {Header} from './components/header.js';
import {Help} from './components/help.js';
import {Palette, rowsAbovePalette} from './components/palette.js';
import {Tabs, TransferSummary} from './components/tabs.js';
import {bindings as usualBindings, type Binding} from './bindings.js';
import {useKeys} from './hooks/use-keys.js';
import {LookContext} from './hooks/use-look.js';
import {useStore} from './hooks/use-store.js';
import {Details} from './panes/details.js';
import {LocalFilesPane} from './panes/local-files.js';
import {LogPane} from './panes/log.js';
import {PeersPane} from './panes/peers.js';
import {RemoteFilesPane} from './panes/remote-files.js';
import {TransfersPane} from './panes/transfers.js';
import {WirePane} from './panes/wire.js';
import {themeNameOf, themes} from './theme.js';

export type AppProps = {
	readonly store: Store;
	readonly actions: PeerActions;
	readonly onQuit: () => void;
	/** Put text on the clipboard, and tell the user what it is. */
	readonly onCopy?: (text: string, what: string) => void;
	readonly bindings?: readonly Binding[];
	/** What the demo can do to its links. */
	readonly lab?: LabActions | undefined;
	/** Give the terminal back and stop until the user goes on with us. */
	readonly onSuspend?: () => void;
};

/** The whole screen: reads the store, hands keys to the keymap. */
export function App({store, actions, onQuit, onCopy, onSuspend, bindings = usualBindings, lab}: AppProps) {
	const state = useStore(store);
	useKeys(store, {actions, lab, bindings, copy: onCopy, quit: onQuit, suspend: onSuspend});
	const theme = themeNameOf(state.settings.theme);
	const look = useMemo(() => ({theme: themes[theme], bindings}), [theme, bindings]);
	const {columns, rows} = state.size;
	return (
		<LookContext.Provider value={look}>
			<Box flexDirection="column" width={columns} height={frameRows(rows)} overflowY="hidden">
				<Screen state={state} />
			</Box>
		</LookContext.Provider>
	);
}

function Screen({state}: {readonly state: State}) {
	const {columns, rows} = state.size;
	const layout = layoutOf(state);
	if (layout.kind === 'tiny') {
		return (
			<Text wrap="wrap">
				p2p-tui needs {smallest.columns}x{smallest.rows}, this is {columns}x{rows}
			</Text>
		);
	}

	return (
		<>
			<Header state={state} width={columns} />
			<Body state={state} layout={layout} />
			<NoticeLine state={state} width={columns} />
			<Footer state={state} width={columns} />
		</>
	);
}

/** What stands between header and footer. */
function Body({state, layout}: {readonly state: State; readonly layout: Layout & {kind: 'panes'}}) {
	const {rows} = state.size;
	if (state.detailed) {
		return <Details state={state} />;
	}

	switch (state.mode) {
		case 'help': {
			return <Help state={state} />;
		}

		case 'palette': {
			// It covers the lower part of the panes, which stay where they are.
			return (
				<Box flexDirection="column" height={bodyRows(rows)} flexShrink={0}>
					<Panes state={state} layout={layout} />
					<Box position="absolute" marginTop={rowsAbovePalette(rows)}>
						<Palette state={state} />
					</Box>
				</Box>
			);
		}

		default: {
			return <Panes state={state} layout={layout} />;
		}
	}
}

function Panes({state, layout}: {readonly state: State; readonly layout: Layout & {kind: 'panes'}}) {
	const {columns} = state.size;
	return (
		<>
			{layout.hasTabs ? <Tabs state={state} width={columns} /> : null}
			<PartOf part={layout.body} state={state} />
			{layout.hasTabs ? <TransferSummary state={state} width={columns} /> : null}
		</>
	);
}

function PartOf({part, state}: {readonly part: Part; readonly state: State}) {
	if (part.kind === 'pane') {
		return <PaneOf name={part.pane} state={state} size={part} />;
	}

	return (
		<Box flexDirection={part.kind === 'below' ? 'column' : 'row'} flexShrink={0}>
			{part.parts.map((inner, index) => (
				// eslint-disable-next-line react/no-array-index-key -- a part is known by its place
				<PartOf key={index} part={inner} state={state} />
			))}
		</Box>
	);
}

function PaneOf({name, state, size}: {readonly name: PaneName; readonly state: State; readonly size: PaneSize}) {
	// Without the tracker, the lists are as of its last word.
	const isStale = state.tracker?.state !== 'connected';
	switch (name) {
		case 'peers': {
			return <PeersPane state={state} size={size} isStale={isStale} />;
		}

		case 'local': {
			return <LocalFilesPane state={state} size={size} />;
		}

		case 'remote': {
			return <RemoteFilesPane state={state} size={size} isStale={isStale} />;
		}

		case 'transfers': {
			return <TransfersPane state={state} size={size} />;
		}

		case 'wire': {
			return <WirePane state={state} size={size} />;
		}

		case 'log': {
			return <LogPane state={state} size={size} />;
		}
	}
}
