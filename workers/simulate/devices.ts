/** A browser on a device, as its requests name it. */
export interface Device {
  readonly userAgent: string;
  readonly os: string;
  readonly mobile: boolean;
  readonly weight: number;
}

const desktop = (weight: number, os: string, userAgent: string): Device => ({
  userAgent,
  os,
  mobile: false,
  weight,
});
const mobile = (weight: number, os: string, userAgent: string): Device => ({
  userAgent,
  os,
  mobile: true,
  weight,
});

const WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)";
const IOS_WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)";

/** Browsers in use; real user-agent strings (browsers have frozen their minor versions since 2023). */
export const DEVICES: readonly Device[] = [
  desktop(
    44,
    "Windows",
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/141.0.0.0 Safari/537.36`,
  ),
  desktop(
    12,
    "Windows",
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0`,
  ),
  desktop(
    7,
    "Windows",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
  ),
  desktop(
    13,
    "macOS",
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${IOS_WEBKIT} Version/18.6 Safari/605.1.15`,
  ),
  desktop(
    13,
    "macOS",
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Chrome/141.0.0.0 Safari/537.36`,
  ),
  desktop(3, "Linux", "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"),
  desktop(4, "Linux", `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Chrome/140.0.0.0 Safari/537.36`),
  mobile(
    38,
    "iOS",
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) ${IOS_WEBKIT} Version/18.6 Mobile/15E148 Safari/604.1`,
  ),
  mobile(
    7,
    "iOS",
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) ${IOS_WEBKIT} CriOS/141.0.7390.41 Mobile/15E148 Safari/604.1`,
  ),
  mobile(
    40,
    "Android",
    `Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Chrome/141.0.0.0 Mobile Safari/537.36`,
  ),
  mobile(
    8,
    "Android",
    `Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`,
  ),
  mobile(2, "Android", "Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0"),
];
