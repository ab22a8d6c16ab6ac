/**
 * Companies that software makers use in examples, best known first: the demo's well-known sites, some of them imitated.
 * Everything that the demo says of them is invented.
 */
export const BRANDS = [
  'contoso',
  'fabrikam',
  'northwindtraders',
  'woodgrovebank',
  'tailspintoys',
  'wingtiptoys',
  'adatum',
  'litware',
  'proseware',
  'margiestravel',
  'fourthcoffee',
  'wideworldimporters',
  'treyresearch',
  'lamnahealthcare',
  'relecloud',
  'munsonpickles',
  'bellowscollege',
  'fincher-architects',
  'alpineskihouse',
  'cohowinery',
] as const;

/** Ordinary names are two of these; the model of randomness is trained on them. */
export const WORDS = [
  ...[
    'garden',
    'river',
    'travel',
    'north',
    'silver',
    'market',
    'school',
    'office',
    'music',
    'photo',
    'bridge',
    'coffee',
  ],
  ...['health', 'winter', 'summer', 'planet', 'modern', 'simple', 'design', 'window', 'kitchen', 'letter', 'number'],
  ...['forest', 'valley', 'castle', 'harbor', 'island', 'mountain', 'weather', 'journal', 'studio', 'supply', 'market'],
  ...[
    'energy',
    'family',
    'doctor',
    'lawyer',
    'print',
    'paper',
    'motor',
    'cycle',
    'sport',
    'fitness',
    'recipe',
    'bakery',
  ],
  ...[
    'flower',
    'insure',
    'credit',
    'invest',
    'ticket',
    'flight',
    'hotel',
    'rental',
    'repair',
    'report',
    'online',
    'digital',
  ],
  ...['cloud', 'data', 'media', 'news', 'daily', 'local', 'global', 'green', 'blue', 'bright', 'smart', 'quick'],
] as const;

/** What the brands and the other names of the demo are put together from. */
export const BRAND_WORDS = [
  ...[
    'contoso',
    'fabrikam',
    'northwind',
    'traders',
    'woodgrove',
    'bank',
    'tailspin',
    'toys',
    'wingtip',
    'adatum',
    'litware',
  ],
  ...['proseware', 'margies', 'travel', 'fourth', 'coffee', 'wide', 'world', 'importers', 'trey', 'research', 'lamna'],
  ...[
    'healthcare',
    'rele',
    'cloud',
    'munson',
    'pickles',
    'bellows',
    'college',
    'fincher',
    'architects',
    'alpine',
    'ski',
  ],
  ...['house', 'coho', 'winery', 'account', 'verify', 'team', 'notes', 'recipes', 'sale', 'delivery', 'sync', 'relay'],
] as const;

/** Invented registrars; the last two sell cheaply and fast. */
export const REGISTRARS = [
  'Northern Names Ltd.',
  'Harbour Domains Inc.',
  'Domain Works GmbH',
  'Registrar of Record LLC',
  'QuickDot Registrations',
  'NameBargain Ltd.',
] as const;
export const CHEAP_REGISTRARS = REGISTRARS.slice(-2);
