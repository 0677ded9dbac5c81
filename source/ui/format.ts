import prettyBytes from 'pretty-bytes';
import {remembered} from './remember.js';

/** `1.2 kB`, at most 8 characters; `?` where a classic peer did not tell. */
export const formatSize = (bytes: number | undefined): string => (bytes === undefined ? '?' : formatBytes(bytes));

const formatBytes = remembered((bytes: number) => prettyBytes(bytes, {maximumFractionDigits: 1}));

/** `40.1 MB/s`, at most 10 characters. */
export const formatRate = (bytesPerSecond: number): string => `${formatSize(Math.round(bytesPerSecond))}/s`;

const units: Array<[seconds: number, label: string]> = [
	[365 * 86_400, 'y'],
	[30 * 86_400, 'mo'],
	[86_400, 'd'],
	[3600, 'h'],
	[60, 'min'],
];

/** How long ago, in one figure and its unit, at most 6 characters. */
export function formatAge(mtimeSeconds: number, nowMs: number): string {
	const seconds = Math.floor(nowMs / 1000) - mtimeSeconds;
	for (const [length, label] of units) {
		if (seconds >= length) {
			return `${Math.min(999, Math.floor(seconds / length))} ${label}`;
		}
	}

	// A clock that is ahead of ours is no news to the user.
	return 'now';
}

/** `0:18`, `1:02:03`; nothing where it can not be known. */
export function formatEta(bytesLeft: number, bytesPerSecond: number): string {
	const seconds = Math.ceil(bytesLeft / bytesPerSecond);
	return Number.isFinite(seconds) && seconds <= 99 * 3600 ? formatDuration(seconds * 1000) : '';
}

const two = (value: number) => String(value).padStart(2, '0');

/** `0:18`, `1:02:03`, in whole seconds. */
export function formatDuration(ms: number): string {
	const seconds = Math.floor(ms / 1000);
	const hours = Math.floor(seconds / 3600);
	const minutes = Math.floor(seconds / 60) % 60;
	return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** `12 s`, `3 min`, `2 h` */
export function formatSpan(milliseconds: number): string {
	const seconds = Math.round(milliseconds / 1000);
	if (seconds < 120) {
		return `${seconds} s`;
	}

	return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** Whole percent, rounded down: 100 % is reached when it is. An empty file is whole. */
export function percentOf(bytes: number, size: number | undefined): number {
	if (size === undefined) {
		return 0;
	}

	return size === 0 ? 100 : Math.min(100, Math.floor((bytes / size) * 100));
}

/** `14:02`, local time. */
export const formatClock = (ms: number): string => new Date(ms).toTimeString().slice(0, 5);

/** `2026-11-20 14:02`, local time. */
export function formatDate(ms: number): string {
	const date = new Date(ms);
	if (Number.isNaN(date.getTime())) {
		return 'a time that is no date';
	}

	return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${formatClock(ms)}`;
}

/** `14:02:11`, local time. */
export const formatSeconds = (ms: number): string => new Date(ms).toTimeString().slice(0, 8);

/** `14:02:11.031`, local time. */
export const formatMilliseconds = (ms: number): string => `${formatSeconds(ms)}.${String(ms % 1000).padStart(3, '0')}`;

/** `1 file`, `2 files`. */
export const count = (amount: number, noun: string): string => `${amount} ${noun}${amount === 1 ? '' : 's'}`;

/** `10.0.0.7:8001`, `[fe80::1]:8001`. */
export const formatAddress = (ip: string, port: number): string =>
	ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
