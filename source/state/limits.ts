/** What the screen remembers at the most. */
export const limits = {
	/** Notices: some hours of a busy swarm. */
	maxLogRows: 500,

	/** Messages of the wire, with 4 KiB of bytes each at the most: 8 MiB. */
	maxWireRows: 2000,

	/** What happened to a transfer, the latest. */
	maxHappenings: 20,
} as const;
