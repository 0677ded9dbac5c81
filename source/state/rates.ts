import type {Rates} from './state.js';

/** Samples that a sparkline shows. */
export const trendLength = 8;

/** How much of a new reading shows at once: rates shall be readable, not nervous. */
const smoothing = 0.4;

export const smooth = (before: number, now: number): number =>
	before === 0 ? now : before + (now - before) * smoothing;

/** Readings of a stranger's recording may be so close together that the rate is beyond all numbers. */
export const rateOf = (bytes: number, milliseconds: number): number =>
	milliseconds >= 1 ? (bytes / milliseconds) * 1000 : 0;

/** The last few values, this one included. */
export const withLast = (trend: readonly number[], value: number): number[] => [...trend, value].slice(-trendLength);

/** A standstill shows at once. */
const settled = (before: number, now: number) => (now === 0 ? 0 : smooth(before, now));

/** The rates after another reading of both ways. */
export const nextRates = ({down, up, downHistory, upHistory}: Rates, nowDown: number, nowUp: number): Rates => ({
	down: settled(down, nowDown),
	up: settled(up, nowUp),
	downHistory: withLast(downHistory, nowDown),
	upHistory: withLast(upHistory, nowUp),
});
