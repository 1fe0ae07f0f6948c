DELETE FROM users;
COPY users FROM 's3://${LakeBucket}/incoming/tickit/allusers_pipe.txt'
IAM_ROLE '${WarehouseRoleArn}' DELIMITER '|';
DELETE FROM venue;
COPY venue FROM 's3://${LakeBucket}/incoming/tickit/venue_pipe.txt'
IAM_ROLE '${WarehouseRoleArn}' DELIMITER '|';
DELETE FROM category;
COPY category FROM 's3://${LakeBucket}/incoming/tickit/category_pipe.txt'
IAM_ROLE '${WarehouseRoleArn}' DELIMITER '|';
DELETE FROM date;
COPY date FROM 's3://${LakeBucket}/incoming/tickit/date2008_pipe.txt'
IAM_ROLE '${WarehouseRoleArn}' DELIMITER '|';
DELETE FROM event;
COPY event FROM 's3://${LakeBucket}/incoming/tickit/allevents_pipe.txt'
IAM_ROLE '${WarehouseRoleArn}' DELIMITER '|' TIMEFORMAT 'YYYY-MM-DD HH:MI:SS';
DELETE FROM listing;
COPY listing FROM 's3://${LakeBucket}/incoming/tickit/listings_pipe.txt'
IAM_ROLE '${WarehouseRoleArn}' DELIMITER '|';
DELETE FROM sales;
COPY sales FROM 's3://${LakeBucket}/incoming/tickit/sales_tab.txt'
IAM_ROLE '${WarehouseRoleArn}' DELIMITER '\t' TIMEFORMAT 'MM/DD/YYYY HH:MI:SS';
