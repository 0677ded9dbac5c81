/** How the echo server stands, where this program is one. */
export type EchoState = {
	/** Where it listens. */
	host: string;
	port: number;
	/** Clients that are connected now. */
	clients: number;
};

/** What is typed in another terminal of this machine. */
export function ncLine({host, port}: Pick<EchoState, 'host' | 'port'>): string {
	const isEverywhere = host === '0.0.0.0' || host === '::';
	return `nc ${isEverywhere ? '127.0.0.1' : host} ${port}`;
}
