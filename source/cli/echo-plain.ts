import {EchoServer} from '../peer/echo-server.js';
import {formatAddress, type Address} from '../protocol/address.js';
import {ncLine} from '../state/echo.js';
import type {Arguments} from './arguments.js';
import {jsonLineOf, linesOf} from './event-lines.js';
import type {Recording} from './recording/recording.js';
import {withRecording} from './recording/with-recording.js';
import {aborted, endSignal} from './signals.js';

/**
The echo warm-up without a screen: a line for each message, until a signal.

@returns The exit code.
*/
export const echoPlain = async (options: Arguments): Promise<number> =>
	withRecording(options, async recording => echoLines(options, recording));

async function echoLines({listen, isJson}: Arguments, recording: Recording | undefined): Promise<number> {
	const {signal, release} = endSignal();
	let address: Address | undefined;
	const server = new EchoServer({
		onMessage(message) {
			const event = {type: 'wire', message} as const;
			recording?.write({event});
			for (const line of isJson ? [jsonLineOf(event)] : linesOf(event)) {
				console.log(line);
			}
		},
		onClients(clients) {
			recording?.write({echo: {...(address ?? listen), clients}});
		},
	});
	if (recording) {
		recording.onProblem = text => {
			console.error(`p2p-tui: ${text}`);
		};
	}

	try {
		address = await server.listen(listen);
		recording?.write({echo: {...address, clients: 0}});
		const taken = takenText(listen, address);
		if (taken) {
			console.error(`p2p-tui: ${taken}`);
		}

		console.log(
			isJson
				? JSON.stringify({event: 'listening', ...address})
				: `Echo on ${formatAddress(address)}. In another terminal: ${ncLine(address)}`,
		);
		await aborted(signal);
		return 0;
	} finally {
		await server.close();
		release();
	}
}

/** What to say where another port had to be taken. */
export const takenText = (wanted: Address, {port}: Address): string | undefined =>
	wanted.port === 0 || wanted.port === port ? undefined : `Port ${wanted.port} is taken; using ${port}`;
