/** Where the facts of an event stand in the logs of one kind. */
export interface EventFormat {
  /** Fields that may hold a name, first choice first. */
  readonly fields: readonly string[];
  readonly time: string;
  /** Who asked. */
  readonly client: string;
  /** Fields that identify the event, first choice first; without one it is known by time, name and client. */
  readonly ids: readonly string[];
}

/** Elastic Common Schema; the fields with names are a setting. */
export const ecsFormat = (fields: readonly string[]): EventFormat => ({
  fields,
  time: '@timestamp',
  client: 'source.ip',
  ids: ['event.id', '_id'],
});

/** Zeek's dns, ssl and http logs under Zeek's own names; a row has no id of its own (`uid` is the connection's). */
export const ZEEK_FORMAT: EventFormat = {
  fields: ['query', 'server_name', 'host'],
  time: 'ts',
  client: 'id.orig_h',
  ids: [],
};
