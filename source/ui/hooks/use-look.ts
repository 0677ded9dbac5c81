import {createContext, useContext} from 'react';
import {bindings, type Binding} from '../bindings.js';
import {themes, type Theme} from '../theme.js';

/** What the user has chosen for the whole screen: its colours and its keys. */
export type Look = {theme: Theme; bindings: readonly Binding[]};

export const defaultLook: Look = {theme: themes.calm, bindings};

export const LookContext = createContext(defaultLook);

export const useLook = (): Look => useContext(LookContext);

export const useTheme = (): Theme => useLook().theme;
