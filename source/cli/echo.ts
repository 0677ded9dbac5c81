import type {PeerActions} from '../peer/events.js';
import {EchoServer} from '../peer/echo-server.js';
import {formatAddress, type Address} from '../protocol/address.js';
import {ncLine} from '../state/echo.js';
import {createStore} from '../state/store.js';
import {echoBindings} from '../ui/echo-bindings.js';
import type {Arguments} from './arguments.js';
import {readConfig, type Config} from './config.js';
import {takenText} from './echo-plain.js';
import {recordedStore} from './recording/recorded-store.js';
import type {Recording} from './recording/recording.js';
import {withRecording} from './recording/with-recording.js';
import {showApp} from './show-app.js';
import {endSignal} from './signals.js';

/**
The echo warm-up on the screen: the wire pane alone, with all that comes and goes back.

@returns The exit code.
@throws {PeerError} When no port can be had.
*/
export async function echo(options: Arguments): Promise<number> {
	const config = await readConfig(options);
	return withRecording(options, async recording => showEcho(options, config, recording));
}

async function showEcho(options: Arguments, config: Config, recording: Recording | undefined): Promise<number> {
	const {listen} = options;
	const store = recordedStore(createStore(), recording);
	const {signal, release} = endSignal();
	let address: Address = listen;
	const server = new EchoServer({
		onMessage(message) {
			store.hear({type: 'wire', message}, Date.now());
		},
		onClients(clients) {
			store.dispatch({type: 'echo', echo: {...address, clients}});
		},
	});
	try {
		address = await server.listen(listen);
		store.dispatch({type: 'echo', echo: {...address, clients: 0}});
		const text = `Echo on ${formatAddress(address)}: whatever comes goes back. In another terminal: ${ncLine(address)}`;
		const taken = takenText(listen, address);
		store.hear({type: 'notice', level: 'info', text: taken ? `${taken}. ${text}` : text}, Date.now());
		await showApp({
			store,
			actions: noPeer,
			config,
			bindings: echoBindings(config.bindings),
			isScreenReader: options.isScreenReader,
			signal,
		});
		return 0;
	} finally {
		await server.close();
		store.close();
		release();
	}
}

/** No key asks anything of a peer: there is none. */
const noPeer: PeerActions = {
	request() {},
	pause() {},
	resume() {},
	cancel() {},
	retry() {},
	move() {},
	clearFinished() {},
	setSync() {},
	watchWire() {},
};
