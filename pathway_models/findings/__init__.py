"""What the pathways say: peaks, gaps, decompositions, judgements."""
