"""What stays of a tender: releases of open data, the pack for an audit, statistics, how long papers are kept."""
