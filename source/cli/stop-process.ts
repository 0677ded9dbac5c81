import process from 'node:process';

/**
Stop, as Ctrl-Z in a shell does, and return when somebody goes on with us.

The whole process group is stopped, not this process alone: under `npx`, the shell waits for npm, and would wait for ever for a
job of which only a part has stopped. A signal that a process sends itself arrives before `kill` returns (POSIX, `kill`), so that
what comes after this call comes after `fg`. Where no shell could go on with us (the group is orphaned), the system ignores the
signal, and this returns at once. There must be no listener for SIGTSTP.
*/
export function stopProcess(): void {
	if (process.platform !== 'win32') {
		process.kill(0, 'SIGTSTP');
	}
}
