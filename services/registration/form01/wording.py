"""The fixed wording of Form 01, as the law and the guide have it."""

#: in place of the number, which is taken at submission
DRAFT = "bản nháp, chưa nộp"
BLANK_DAY = "ngày ....... tháng ....... năm ..........."
TITLE = (
    "Đăng ký sử dụng, điều chỉnh thông tin",
    "và ngừng sử dụng phương thức giao dịch điện tử",
    "trong lĩnh vực bảo hiểm xã hội",
)
#: `{}`: the decree of the day
BASIS = (
    "Theo {}, cơ quan/tổ chức/cá nhân tôi có đủ các điều kiện "
    "sử dụng phương thức giao dịch điện tử. Cơ quan/tổ chức/cá nhân tôi đăng ký, điều chỉnh thông tin và ngừng sử dụng phương "
    "thức giao dịch điện tử trong lĩnh vực bảo hiểm xã hội với cơ quan Bảo hiểm xã hội như sau:"
)
COMMITMENT = (
    "Cơ quan/tổ chức/cá nhân tôi cam kết hoàn toàn chịu trách nhiệm trước pháp luật về tính chính xác, trung thực của nội dung "
    "nêu trên và thực hiện giao dịch điện tử trong lĩnh vực bảo hiểm xã hội theo đúng quy định của pháp luật./."
)
KINDS = {
    "register": "Đăng ký sử dụng phương thức giao dịch điện tử trong lĩnh vực bảo hiểm xã hội",
    "adjust": "Điều chỉnh thông tin sử dụng phương thức giao dịch điện tử trong lĩnh vực bảo hiểm xã hội",
    "stop": "Ngừng sử dụng phương thức giao dịch điện tử trong lĩnh vực bảo hiểm xã hội",
}
FILINGS = {
    "post": "Tại nhà thông qua dịch vụ bưu chính công ích (Cước dịch vụ bưu chính công ích do cá nhân tự trả khi gửi hồ sơ)",
    "counter": "Tại nơi tiếp nhận hồ sơ theo quy định của Bảo hiểm xã hội Việt Nam",
}
HOTLINE = "1900 9068"
