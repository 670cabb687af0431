"""The pipeline for a long time: does memory grow, is anything lost, does latency stay?"""
