import {Box, Text} from 'ink';
import type {PeerActions} from '../peer/events.js';
import {frameRows, layoutOf, smallest, type PaneSize} from '../state/layout.js';
import type {PaneName, State} from '../state/state.js';
import type {Store} from '../state/store.js';
import {Footer, NoticeLine} from './components/footer.js';
import {Header} from './components/header.js';
import {Help} from './components/help.js';
import {Tabs, TransferSummary} from './components/tabs.js';
import {useKeys} from './hooks/use-keys.js';
import {useStore} from './hooks/use-store.js';
import {LocalFilesPane} from './panes/local-files.js';
import {PeersPane} from './panes/peers.js';
import {RemoteFilesPane} from './panes/remote-files.js';
import {TransferDetails} from './panes/transfer-details.js';
import {TransfersPane} from './panes/transfers.js';

export type AppProps = {
	readonly store: Store;
	readonly actions: PeerActions;
	readonly onQuit: () => void;
	/** Give the terminal back and stop until the user goes on with us. */
	readonly onSuspend?: () => void;
};

/** The whole screen: reads the store, hands keys to the keymap. */
export function App({store, actions, onQuit, onSuspend}: AppProps) {
	const state = useStore(store);
	useKeys(store, {actions, quit: onQuit, suspend: onSuspend});
	const {columns, rows} = state.size;
	return (
		<Box flexDirection="column" width={columns} height={frameRows(rows)} overflow="hidden">
			<Screen state={state} />
		</Box>
	);
}

function Screen({state}: {readonly state: State}) {
	const {columns, rows} = state.size;
	const layout = layoutOf(columns, rows);
	if (layout.kind === 'tiny') {
		return (
			<Text wrap="wrap">
				p2p-tui needs {smallest.columns}x{smallest.rows}, this is {columns}x{rows}
			</Text>
		);
	}

	const arePanesShown = state.mode !== 'help' && state.mode !== 'details';
	return (
		<>
			<Header state={state} width={columns} />
			{state.mode === 'help' && <Help state={state} />}
			{state.mode === 'details' && <TransferDetails state={state} />}
			{arePanesShown && layout.kind === 'full' ? (
				<>
					<Box flexShrink={0}>
						<Box flexDirection="column">
							<PaneOf name="peers" state={state} size={layout.panes.peers} />
							<PaneOf name="local" state={state} size={layout.panes.local} />
						</Box>
						<PaneOf name="remote" state={state} size={layout.panes.remote} />
					</Box>
					<PaneOf name="transfers" state={state} size={layout.panes.transfers} />
				</>
			) : null}
			{arePanesShown && layout.kind === 'single' ? (
				<>
					<Tabs state={state} width={columns} />
					<PaneOf name={state.focus} state={state} size={layout.pane} />
					<TransferSummary state={state} width={columns} />
				</>
			) : null}
			<NoticeLine state={state} width={columns} />
			<Footer state={state} width={columns} />
		</>
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
	}
}
