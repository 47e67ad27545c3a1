/** A city: its name as locals write it, where it lies in degrees, and its share among the country's visitors. */
export interface City {
  readonly name: string;
  readonly lat: number;
  readonly lon: number;
  readonly weight: number;
}

/** A country that the shop sells to. */
export interface Country {
  /** ISO 3166-1 alpha-2. */
  readonly code: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Hours ahead of UTC in winter; summer time does not matter to a daily rhythm. */
  readonly utcOffsetHours: number;
  /** Its share among all visitors. */
  readonly weight: number;
  readonly cities: readonly City[];
}

const city = (name: string, lat: number, lon: number, weight: number): City => ({ name, lat, lon, weight });

/** Where visitors come from. */
export const COUNTRIES: readonly Country[] = [
  {
    code: "DE",
    currency: "EUR",
    utcOffsetHours: 1,
    weight: 20,
    cities: [
      city("Berlin", 52.52, 13.405, 37),
      city("Hamburg", 53.551, 9.994, 19),
      city("München", 48.137, 11.575, 15),
      city("Köln", 50.938, 6.96, 11),
      city("Frankfurt am Main", 50.11, 8.682, 8),
      city("Leipzig", 51.34, 12.374, 6),
    ],
  },
  {
    code: "US",
    currency: "USD",
    utcOffsetHours: -6,
    weight: 18,
    cities: [
      city("New York", 40.713, -74.006, 35),
      city("Los Angeles", 34.052, -118.244, 20),
      city("Chicago", 41.878, -87.63, 14),
      city("Houston", 29.76, -95.37, 11),
      city("Seattle", 47.606, -122.332, 8),
      city("Denver", 39.739, -104.99, 6),
    ],
  },
  {
    code: "GB",
    currency: "GBP",
    utcOffsetHours: 0,
    weight: 11,
    cities: [
      city("London", 51.507, -0.128, 60),
      city("Manchester", 53.481, -2.242, 15),
      city("Birmingham", 52.486, -1.89, 13),
      city("Edinburgh", 55.953, -3.188, 8),
    ],
  },
  {
    code: "FR",
    currency: "EUR",
    utcOffsetHours: 1,
    weight: 9,
    cities: [
      city("Paris", 48.857, 2.352, 55),
      city("Marseille", 43.297, 5.381, 16),
      city("Lyon", 45.764, 4.836, 14),
      city("Nîmes", 43.837, 4.36, 4),
    ],
  },
  {
    code: "JP",
    currency: "JPY",
    utcOffsetHours: 9,
    weight: 8,
    cities: [
      city("東京", 35.69, 139.692, 60),
      city("大阪", 34.694, 135.502, 24),
      city("札幌", 43.062, 141.354, 10),
      city("福岡", 33.59, 130.402, 9),
    ],
  },
  {
    code: "NL",
    currency: "EUR",
    utcOffsetHours: 1,
    weight: 5,
    cities: [
      city("Amsterdam", 52.368, 4.904, 45),
      city("Rotterdam", 51.924, 4.478, 32),
      city("Utrecht", 52.091, 5.122, 18),
    ],
  },
  {
    code: "ES",
    currency: "EUR",
    utcOffsetHours: 1,
    weight: 5,
    cities: [
      city("Madrid", 40.417, -3.704, 50),
      city("Barcelona", 41.385, 2.173, 35),
      city("A Coruña", 43.362, -8.412, 6),
    ],
  },
  {
    code: "PL",
    currency: "PLN",
    utcOffsetHours: 1,
    weight: 4,
    cities: [
      city("Warszawa", 52.23, 21.012, 48),
      city("Kraków", 50.065, 19.945, 24),
      city("Łódź", 51.759, 19.456, 16),
    ],
  },
  {
    code: "CH",
    currency: "CHF",
    utcOffsetHours: 1,
    weight: 4,
    cities: [
      city("Zürich", 47.377, 8.542, 45),
      city("Genève", 46.204, 6.143, 28),
      city("Basel", 47.56, 7.589, 20),
    ],
  },
  {
    code: "SE",
    currency: "SEK",
    utcOffsetHours: 1,
    weight: 4,
    cities: [
      city("Stockholm", 59.329, 18.069, 55),
      city("Göteborg", 57.709, 11.975, 28),
      city("Malmö", 55.605, 13.004, 17),
    ],
  },
  {
    code: "BR",
    currency: "BRL",
    utcOffsetHours: -3,
    weight: 5,
    cities: [
      city("São Paulo", -23.551, -46.633, 60),
      city("Rio de Janeiro", -22.907, -43.173, 28),
      city("Brasília", -15.794, -47.882, 12),
    ],
  },
  {
    code: "AU",
    currency: "AUD",
    utcOffsetHours: 10,
    weight: 4,
    cities: [
      city("Sydney", -33.869, 151.209, 50),
      city("Melbourne", -37.814, 144.963, 40),
      city("Perth", -31.951, 115.861, 12),
    ],
  },
  {
    code: "KW",
    currency: "KWD",
    utcOffsetHours: 3,
    weight: 3,
    cities: [
      city("Kuwait City", 29.376, 47.977, 70),
      city("Hawalli", 29.333, 48.029, 30),
    ],
  },
];
