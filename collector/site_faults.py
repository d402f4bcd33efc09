"""What cannot be right in a site's settings once each value by itself is: the tree, the claims.

The settings' own file finds what is wrong with single values; what needs the tree of meters or the
rules of certificates is found here, before anything runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from collector.accounts.certificates import certificate_faults
from collector.rollup.site_tree import tree_of
from collector.site_config import SiteSettings


def faults_between_sections(sites: Sequence[SiteSettings]) -> Iterator[str]:
    """Yield one line for each fault, with its dotted path, what is wrong and what to write."""
    for number, site in enumerate(sites):
        yield from tree_of(site.meters).faults(f"sites[{number}].meters")
    yield from certificate_faults(sites)
