"""The whole way of a tender under any order of acts: bids, opening, evaluation, award, publicity, contract."""
