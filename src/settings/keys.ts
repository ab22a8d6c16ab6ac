import { secret } from './kinds.ts';
import type { Setting } from './setting.ts';
import { SETTINGS, type SettingKey, type Settings } from './table.ts';

const separated = (key: string, separator: string): string =>
  key.replace(/[A-Z]/g, (letter) => separator + letter.toLowerCase());

/** The flag; a switch that is on by default is switched off by its flag. */
export const flagOf = (key: SettingKey): string => `--${isOnByDefault(key) ? 'no-' : ''}${separated(key, '-')}`;
export const isOnByDefault = (key: SettingKey): boolean => SETTINGS[key].default === true;
export const fileKeyOf = (key: SettingKey): string => separated(key, '_');
export const variableOf = (key: SettingKey): string => `DOMAIN_STATS_${separated(key, '_').toUpperCase()}`;
export const settingKeys = (): SettingKey[] => Object.keys(SETTINGS) as SettingKey[];

/** A setting by key, its value type forgotten: for whoever treats all settings alike. */
export const settingOf = (key: SettingKey): Setting<unknown> => SETTINGS[key];

/** The defaults. */
export const defaultSettings = (): Settings =>
  Object.fromEntries(settingKeys().map((key) => [key, SETTINGS[key].default])) as unknown as Settings;

/** Variables that give another process of this program the values that some settings have here. */
export const environmentOf = (settings: Settings, keys: readonly SettingKey[]): Record<string, string> =>
  Object.fromEntries(
    keys.map((key) => {
      const { kind } = settingOf(key);
      return [variableOf(key), kind === secret ? String(settings[key]) : kind.show(settings[key])];
    }),
  );
