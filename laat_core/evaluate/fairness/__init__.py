"""How models treat groups of rows: notions, rates and gaps, proxies, and fair peers."""
