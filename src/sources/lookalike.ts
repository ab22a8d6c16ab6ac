import { labelForms } from '../core/ascii-form.ts';
import { imitated, internationalForm } from '../core/lookalike.ts';
import type { Lookalike } from '../schema/answer.ts';
import type { NameSource } from './name-source.ts';

/** A ranked domain imitates nobody; its ASCII form is told all the same. */
export const lookalike: NameSource<Lookalike> = (name, { letters, lookalikes, ranks }) => {
  if (name.kind !== 'domain') return undefined;
  const forms = labelForms(letters);
  const form = internationalForm(name, forms);
  const found = lookalikes && imitated(name, lookalikes, forms);
  if (found === undefined || ranks?.rankOf(name.domain) !== undefined) {
    return form.mixed_script === undefined ? undefined : form;
  }
  return { ...form, ...found };
};
