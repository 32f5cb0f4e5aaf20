"""服务供给: what service organisations offer, such as testing, pilot production or evaluation."""
