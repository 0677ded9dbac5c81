/** Where a peer or a tracker listens. */
export type Address = {host: string; port: number};

export const isPort = (value: unknown): value is number =>
	Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 65_535;

const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;

/** Only these characters may reach the URL parser: it takes more than an address between its brackets. */
const ipv6Characters = /^[\da-f:.]+$/i;

const mappedIpv4 = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/;

/** The one spelling of an IPv6 address (RFC 5952), by the URL parser; undefined for anything else. */
function canonicalIpv6(text: string): string | undefined {
	const url = `http://[${text}]/`;
	return text.includes(':') && ipv6Characters.test(text) && URL.canParse(url)
		? new URL(url).hostname.slice(1, -1)
		: undefined;
}

const isIpv6 = (text: string) => canonicalIpv6(text) !== undefined;

/**
One spelling for an address: an IPv4 address that a dual-stack socket reports as `::ffff:1.2.3.4` becomes `1.2.3.4`
(RFC 4291 section 2.5.5.2).
*/
export const normalizeIp = (ip: string): string => ip.replace(/^::ffff:(?=\d+\.)/i, '');

export const isLoopback = (ip: string): boolean => ip === '::1' || ip.startsWith('127.');

/**
Whether an address in a directory can be that of one peer: a numeric IP address, and not the unspecified, a multicast or the
broadcast one. Nobody may aim us at a crowd.
*/
export function isUsableIp(ip: string): boolean {
	if (ipv4.test(ip)) {
		const first = Number(ip.split('.')[0]);
		return first > 0 && first < 224;
	}

	const canonical = canonicalIpv6(ip);
	const mapped = mappedIpv4.exec(canonical ?? '');
	if (mapped) {
		const bits = [mapped[1]!, mapped[2]!].map(group => Number.parseInt(group, 16));
		return isUsableIp(bits.flatMap(group => [group >> 8, group & 0xff]).join('.'));
	}

	return canonical !== undefined && canonical !== '::' && !canonical.startsWith('ff');
}

/** Read a port number, 0 included where that means any free one. */
export function parsePort(text: string): number | undefined {
	const port = /^\d{1,5}$/.test(text) ? Number(text) : undefined;
	return port === 0 || isPort(port) ? port : undefined;
}

/** `1.2.3.4:80`, and `[::1]:80` for IPv6 (RFC 3986 section 3.2.2). */
export const formatAddress = ({host, port}: Address): string =>
	host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/**
Read `HOST`, `HOST:PORT` or `[IPV6]:PORT`.

@param defaultPort - Used where the text names no port.
@returns undefined when the text is no address.
*/
export function parseAddress(text: string, defaultPort: number): Address | undefined {
	if (isIpv6(text)) {
		return {host: text, port: defaultPort};
	}

	const match = /^(?:\[(?<v6>[^\]]+)]|(?<host>[^\s:/[\]]+))(?::(?<port>\d{1,5}))?$/.exec(text)?.groups;
	const host = match?.v6 ?? match?.host;
	const port = match?.port === undefined ? defaultPort : Number(match.port);
	if (!host || !isPort(port) || (match?.v6 && !isIpv6(host))) {
		return undefined;
	}

	return {host, port};
}

/** One end of a connection, as its socket reports it: `1.2.3.4:80`. */
export const addressOf = (ip = '', port = 0): string => formatAddress({host: normalizeIp(ip), port});
