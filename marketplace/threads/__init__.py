"""One undertaking on one page (一事一档): from need or achievement to the counted yuan."""
