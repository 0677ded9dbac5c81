import {Component, type ReactNode} from 'react';

export type CrashGuardProps = {
	readonly onCrash: (error: unknown) => void;
	readonly children: ReactNode;
};

/** Tells of an error in what it holds and shows nothing in its place: Ink would fill the screen with source code and a stack. */
export class CrashGuard extends Component<CrashGuardProps, {hasCrashed: boolean}> {
	static getDerivedStateFromError(): {hasCrashed: boolean} {
		return {hasCrashed: true};
	}

	override state = {hasCrashed: false};

	override componentDidCatch(error: unknown): void {
		this.props.onCrash(error);
	}

	override render(): ReactNode {
		return this.state.hasCrashed ? null : this.props.children;
	}
}
