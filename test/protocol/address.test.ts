import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
	formatAddress,
	isLoopback,
	isPort,
	isUsableIp,
	normalizeIp,
	parseAddress,
} from '../../source/protocol/address.js';

describe('isPort', () => {
	it.each([1, 80, 65_535])('takes %j', port => {
		expect(isPort(port)).toBe(true);
	});

	it.each([0, -1, 65_536, 80.5, Number.NaN, Infinity, 2 ** 53, '80', true, null, undefined, [80], {}])(
		'refuses %j',
		port => {
			expect(isPort(port)).toBe(false);
		},
	);
});

describe('normalizeIp', () => {
	it.each([
		['::ffff:1.2.3.4', '1.2.3.4'],
		['::FFFF:127.0.0.1', '127.0.0.1'],
		['1.2.3.4', '1.2.3.4'],
		['::1', '::1'],
		['fe80::1', 'fe80::1'],
	])('spells %s as %s', (ip, expected) => {
		expect(normalizeIp(ip)).toBe(expected);
	});
});

describe('isLoopback', () => {
	it.each([
		['127.0.0.1', true],
		['127.8.9.1', true],
		['::1', true],
		['128.0.0.1', false],
		['10.127.0.1', false],
		['::2', false],
	])('says of %s: %s', (ip, expected) => {
		expect(isLoopback(ip)).toBe(expected);
	});
});

describe('isUsableIp', () => {
	it.each(['10.0.0.7', '127.0.0.1', '192.168.255.255', '223.255.255.255', '::1', 'fd00::2', '2001:db8::1'])(
		'takes %s',
		ip => {
			expect(isUsableIp(ip)).toBe(true);
		},
	);

	it.each([
		['nothing', ''],
		['a host name, which would be looked up', 'victim.example'],
		['the unspecified address', '0.0.0.0'],
		['the unspecified IPv6 address', '::'],
		['the unspecified IPv6 address with a zero', '::0'],
		['the unspecified IPv6 address in full', '0:0:0:0:0:0:0:0'],
		['multicast', '224.0.0.1'],
		['the broadcast address', '255.255.255.255'],
		['IPv6 multicast', 'ff02::1'],
		['IPv6 multicast in capitals', 'FF02::1'],
		['multicast mapped to IPv6', '::ffff:e000:1'],
		['a number too large', '1.2.3.256'],
		['three numbers', '1.2.3'],
		['a dot at the end', '1.2.3.4.'],
		['one number', '2130706433'],
		['a port', '1.2.3.4:80'],
		['brackets', '[::1]'],
		['a newline at the end', '1.2.3.4\n'],
		['a newline after IPv6', '::1\n'],
		['a zone', 'fe80::1%eth0'],
		['a URL around an address', '::1]/x['],
		['a command to the terminal', '::1]/\u001B]52;c;aGk=\u0007'],
		['another host behind a user', '::1]@[::2'],
	])('refuses %s', (_, ip) => {
		expect(isUsableIp(ip)).toBe(false);
	});
});

describe('parseAddress', () => {
	it.each([
		['10.0.0.7', {host: '10.0.0.7', port: 6969}],
		['10.0.0.7:80', {host: '10.0.0.7', port: 80}],
		['tracker.local:1', {host: 'tracker.local', port: 1}],
		['::1', {host: '::1', port: 6969}],
		['[::1]', {host: '::1', port: 6969}],
		['[::1]:80', {host: '::1', port: 80}],
	])('reads %s', (text, expected) => {
		expect(parseAddress(text, 6969)).toEqual(expected);
	});

	it.each([
		'',
		':80',
		'host:',
		'host:0',
		'host:65536',
		'host:80x',
		'host:-1',
		'a b',
		'http://host',
		'[::1',
		'[host]:80',
		'a:b:80',
	])('finds no address in %j', text => {
		expect(parseAddress(text, 6969)).toBeUndefined();
	});

	it('reads back every address that formatAddress wrote', () => {
		const host = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain());
		fc.assert(
			fc.property(host, fc.integer({min: 1, max: 65_535}), (host, port) => {
				expect(parseAddress(formatAddress({host, port}), 6969)).toEqual({host, port});
			}),
		);
	});
});
